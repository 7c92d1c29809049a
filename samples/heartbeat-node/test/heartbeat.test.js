'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const net = require('node:net');
const { once } = require('node:events');
const { start } = require('../index');

function listen(port = 0) {
  return new Promise((resolve) => {
    const lines = [];
    const sockets = new Set();
    const server = net.createServer((socket) => {
      sockets.add(socket);
      socket.on('data', (data) => {
        lines.push(...data.toString().trim().split('\n'));
        server.emit('lines');
      });
    }).listen(port, '127.0.0.1', () => resolve({
      lines,
      server,
      port: server.address().port,
      close: () => {
        sockets.forEach((socket) => socket.destroy());
        return new Promise((closed) => server.close(closed));
      },
    }));
  });
}

async function until(carbon, count) {
  while (carbon.lines.length < count) {
    await once(carbon.server, 'lines');
  }
}

test('beats at once and each interval, counting', async () => {
  const carbon = await listen();
  const stop = start({ url: `127.0.0.1:${carbon.port}`, key: 'shop', host: 'web.1', version: '1.2', interval: 1, log: assert.fail });
  await until(carbon, 4);
  stop();
  await carbon.close();

  assert.match(carbon.lines[0], /^shop\.web_1\.heartbeat 1 \d{10}$/);
  assert.match(carbon.lines[1], /^shop\.web_1\.version\.1_2 1 \d{10}$/);
  assert.match(carbon.lines[2], /^shop\.web_1\.heartbeat 2 \d{10}$/);
});

test('goes on when carbon leaves, and sends what may be lost when it is back', async () => {
  const said = [];
  const before = await listen();
  const stop = start({ url: `127.0.0.1:${before.port}`, key: 'shop', host: 'web1', version: '', interval: 1, log: (text) => said.push(text) });
  await until(before, 1);
  await before.close();

  const after = await listen(before.port);
  await until(after, 2);
  stop();
  await after.close();

  assert.equal(after.lines[0], before.lines.at(-1));
  assert.equal(said.length, 2);
  assert.match(said[0], /cannot reach carbon/);
  assert.match(said[1], /reaches carbon .* again/);
});

test('says what is missing and throws nothing', () => {
  const said = [];
  const log = (text) => said.push(text);
  start({ url: '', key: 'shop', log })();
  start({ url: 'http://graphite', key: 'shop', log })();
  start({ url: 'graphite', key: 'shop', interval: 0.1, log })();

  assert.match(said[0], /WERCKER_METRICS_URL is not set/);
  assert.match(said[1], /write host:port/);
  assert.match(said[2], /at least a second/);
});
