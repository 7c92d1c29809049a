'use strict';

// What carbon receives, and where. See "Feeding In Your Data" in Graphite's documentation.

const LONGEST_SEGMENT = 120; // Names of metrics are paths in Graphite's store, and file systems end at 255.

/** A text as one part of a metric's name: anything but letters, digits, - and _ becomes _. Empty when there is no letter or digit in it. */
function segment(text) {
  text = String(text ?? '').trim();
  return /[A-Za-z0-9]/.test(text) ? text.slice(0, LONGEST_SEGMENT).replace(/[^A-Za-z0-9_-]/g, '_') : '';
}

/** The names of the metrics: key.host.heartbeat, and key.host.version.VERSION when the version is known. */
function names(key, host, version) {
  const prefix = String(key).split('.').map(segment).filter(Boolean).join('.');
  const instance = segment(host);
  if (!prefix || !instance) {
    throw new Error(`The metrics key '${key}' and the host '${host}' must each have a letter or a digit.`);
  }

  const running = segment(version);
  return [`${prefix}.${instance}.heartbeat`, ...(running ? [`${prefix}.${instance}.version.${running}`] : [])];
}

/** Reads "host", "host:port", "tcp://host:port" (plaintext) or "pickle://host:port". */
function address(text) {
  const match = /^(?:(tcp|pickle):\/\/)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?\/?$/.exec(String(text).trim());
  const port = match && Number(match[4] ?? (match[1] === 'pickle' ? 2004 : 2003));
  if (!match || port < 1 || port > 65535) {
    throw new Error(`WERCKER_METRICS_URL is '${text}': write host:port, tcp://host:port or pickle://host:port.`);
  }

  return { host: match[2] ?? match[3], port, pickle: match[1] === 'pickle' };
}

/** One line per point: name, value, second. */
function plaintext(metrics, beats) {
  return Buffer.from(beats.flatMap((beat) => metrics.map((name) => `${name} ${beat.number} ${beat.at}\n`)).join(''), 'ascii');
}

/** A list of (name, (second, value)), pickled with protocol 2, behind its length. */
function pickle(metrics, beats) {
  const points = beats.flatMap((beat) => metrics.map((name) => {
    const bytes = Buffer.alloc(5 + name.length + 18 + 2);
    let at = bytes.write('X', 0, 'latin1');
    at = bytes.writeUInt32LE(name.length, at);
    at += bytes.write(name, at, 'latin1');
    for (const value of [beat.at, beat.number]) {
      at += bytes.write('G', at, 'latin1');
      at = bytes.writeDoubleBE(value, at);
    }

    bytes.set([0x86, 0x86], at);
    return bytes;
  }));
  const body = Buffer.concat([Buffer.from([0x80, 2, 0x5d, 0x28]), ...points, Buffer.from('e.', 'latin1')]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

module.exports = { segment, names, address, plaintext, pickle };
