'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const carbon = require('../carbon');

test('names are safe parts of a path', () => {
  assert.deepEqual(carbon.names('shop', 'web1', 'a1b2c3d'), ['shop.web1.heartbeat', 'shop.web1.version.a1b2c3d']);
  assert.deepEqual(carbon.names('shop.production.', ' web.1 ', '1.2.3+é'), ['shop.production.web_1.heartbeat', 'shop.production.web_1.version.1_2_3__']);
  assert.deepEqual(carbon.names('../a/b', '10.0.0.1', '..'), ['_a_b.10_0_0_1.heartbeat']);
  assert.throws(() => carbon.names('..', 'web1'), /letter or a digit/);
});

test('addresses have a protocol and a port', () => {
  assert.deepEqual(carbon.address('graphite.example.com'), { host: 'graphite.example.com', port: 2003, pickle: false });
  assert.deepEqual(carbon.address('tcp://graphite.example.com:12003'), { host: 'graphite.example.com', port: 12003, pickle: false });
  assert.deepEqual(carbon.address('pickle://[::1]/'), { host: '::1', port: 2004, pickle: true });
  for (const wrong of ['http://graphite', 'tcp://user:secret@graphite', 'graphite:port', 'graphite:99999', '']) {
    assert.throws(() => carbon.address(wrong), /write host:port/);
  }
});

test('plaintext is a line per point', () => {
  assert.equal(carbon.plaintext(['a.b', 'c'], [{ at: 1760000000, number: 7 }]).toString(), 'a.b 7 1760000000\nc 7 1760000000\n');
});

test('a pickle is its length and a list of pairs', () => {
  assert.equal(carbon.pickle(['a.b'], [{ at: 2, number: 1 }]).toString('hex').toUpperCase(), '00000022' + '80025D28' + '5803000000612E62' + '474000000000000000' + '473FF0000000000000' + '8686' + '652E');
});
