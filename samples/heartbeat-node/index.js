'use strict';

const net = require('node:net');
const os = require('node:os');
const carbon = require('./carbon');

const MOST_KEPT = 20; // Ten minutes at the default interval: older beats tell nobody anything any more.
const FIRST_PAUSE = 1000;
const PATIENCE = 10_000;

/**
 * Sends the heartbeat as long as the process runs. Never throws and never keeps the process alive: when something is wrong,
 * it is said once through options.log, and the application goes on.
 *
 * options.url       where carbon receives; default: WERCKER_METRICS_URL
 * options.key       what the names of the metrics begin with; default: WERCKER_METRICS_KEY
 * options.host      the name of this instance; default: WERCKER_METRICS_HOST, else DYNO, else the machine's name
 * options.version   the version that runs; default: WERCKER_GIT_COMMIT, else HEROKU_SLUG_COMMIT, else none is sent
 * options.interval  seconds between two beats, at least 1; default: 30
 * options.log       called with a sentence when something is wrong, or right again; default: console.warn
 *
 * Returns a function that stops it.
 */
function start(options = {}) {
  const env = process.env;
  const log = options.log ?? console.warn;
  let target, metrics, interval;
  try {
    const url = options.url ?? env.WERCKER_METRICS_URL;
    const key = options.key ?? env.WERCKER_METRICS_KEY;
    if (!url || !key) {
      throw new Error(`${url ? 'WERCKER_METRICS_KEY' : 'WERCKER_METRICS_URL'} is not set.`);
    }

    target = carbon.address(url);
    metrics = carbon.names(key, options.host ?? (env.WERCKER_METRICS_HOST || env.DYNO || os.hostname()), options.version ?? (env.WERCKER_GIT_COMMIT || env.HEROKU_SLUG_COMMIT));
    interval = Number(options.interval ?? 30) * 1000;
    if (!(interval >= 1000)) {
      throw new Error(`The interval of the heartbeat is ${options.interval}: it must be at least a second.`);
    }
  } catch (e) {
    log(`No heartbeat is sent. ${e.message}`);
    return () => {};
  }

  return new Heartbeat(target, metrics, interval, log).start();
}

class Heartbeat {
  #target;
  #metrics;
  #interval;
  #log;
  #number = 0;
  #waiting = [];
  #sentLast = [];
  #socket = null;
  #away = false;
  #pause = FIRST_PAUSE;
  #retry = null;
  #timer = null;

  constructor(target, metrics, interval, log) {
    this.#target = target;
    this.#metrics = metrics;
    this.#interval = interval;
    this.#log = log;
  }

  start() {
    this.#beat();
    this.#timer = setInterval(() => this.#beat(), this.#interval).unref();
    return () => {
      clearInterval(this.#timer);
      clearTimeout(this.#retry);
      this.#timer = null;
      this.#socket?.destroy();
    };
  }

  #beat() {
    this.#waiting.push({ at: Math.floor(Date.now() / 1000), number: ++this.#number });
    this.#dropOldest();
    if (this.#socket?.readyState === 'open') {
      this.#send();
    } else if (!this.#socket && !this.#retry) {
      this.#connect();
    }
  }

  #connect() {
    this.#retry = null;
    const socket = net.connect({ host: this.#target.host, port: this.#target.port, noDelay: true });
    this.#socket = socket;
    socket.unref();
    socket.setTimeout(PATIENCE, () => socket.connecting && socket.destroy(new Error('no answer within 10 seconds')));
    socket.on('connect', () => {
      this.#send();
      this.#pause = FIRST_PAUSE;
      if (this.#away) {
        this.#away = false;
        this.#log(`The heartbeat reaches carbon at ${this.#target.host}:${this.#target.port} again.`);
      }
    });

    // Carbon never answers, but what is not read would hide that it has left.
    let reason = 'the connection was closed';
    socket.resume();
    socket.on('error', (e) => { reason = e.message; });
    socket.on('close', () => this.#broke(socket, reason));
  }

  #send() {
    this.#socket.write((this.#target.pickle ? carbon.pickle : carbon.plaintext)(this.#metrics, this.#waiting));
    this.#sentLast = this.#waiting;
    this.#waiting = [];
  }

  #broke(socket, reason) {
    if (this.#timer === null || this.#socket !== socket) {
      return;
    }

    // What was written last may not have arrived. Sending it twice does no harm: the last value of a second wins.
    this.#socket = null;
    this.#waiting = [...this.#sentLast, ...this.#waiting];
    this.#sentLast = [];
    this.#dropOldest();
    if (!this.#away) {
      this.#away = true;
      this.#log(`The heartbeat cannot reach carbon at ${this.#target.host}:${this.#target.port}; it is tried again until it works. ${reason}`);
    }

    this.#retry = setTimeout(() => this.#connect(), this.#pause).unref();
    this.#pause = Math.min(this.#pause * 2, this.#interval);
  }

  #dropOldest() {
    this.#waiting = this.#waiting.slice(-MOST_KEPT);
  }
}

module.exports = { start };
