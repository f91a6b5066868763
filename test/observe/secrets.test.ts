import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSecrets } from '../../src/observe/secrets.ts';

test('what an organization keeps secret is hidden wherever it is written, and is only its own to answers', () => {
  const secrets = openSecrets(['fixed-secret', 'tiny']);
  secrets.learn('one', 'app/1', ['xoxb-of-one', 'short']);
  secrets.learn('two', 'app/2', ['xoxb-of-two', '-----BEGIN-----\nabc\n-----END-----']);
  assert.deepEqual(secrets.of('one'), ['fixed-secret', 'tiny', 'xoxb-of-one']);
  assert.deepEqual(secrets.of('three'), ['fixed-secret', 'tiny']);
  assert.equal(
    secrets.hide('a fixed-secret, axoxb-of-onexoxb-of-two, short tiny words'),
    'a [secret], a[secret][secret], short tiny words',
  );
  assert.doesNotMatch(secrets.hide(JSON.stringify({ key: '-----BEGIN-----\nabc\n-----END-----' })), /abc/);
  secrets.learn('one', 'app/1', ['xoxb-of-one-renewed']);
  assert.equal(secrets.hide('xoxb-of-one-renewed and xoxb-of-two'), '[secret] and [secret]');
  assert.deepEqual(secrets.of('one').slice(2), ['xoxb-of-one-renewed']);
});

test('of two secrets that begin alike the longer one is hidden whole, and a beginning of one is no secret', () => {
  const secrets = openSecrets(['abcdefgh', 'abcdefgh-and-more']);
  assert.equal(secrets.hide('abcdefgh-and-more abcdefgh abcdefg'), '[secret] [secret] abcdefg');
  assert.equal(secrets.hide(''), '');
});

test('a line takes as long among thousands of secrets as among few', () => {
  const line = JSON.stringify({
    level: 30,
    time: '2027-01-31T00:00:00.000Z',
    msg: 'a turn ended',
    thread: 'x'.repeat(200),
  });
  const quickest = (count: number): number => {
    const { hide } = openSecrets(Array.from({ length: count }, (_, at) => `xoxb-${at}-${'s'.repeat(40)}`));
    const times = Array.from({ length: 20 }, () => {
      const begun = performance.now();
      for (let at = 0; at < 200; at += 1) hide(line);
      return (performance.now() - begun) / 200;
    });
    return Math.min(...times);
  };
  const [few, many] = [quickest(10), quickest(5_000)];
  assert.ok(many < Math.max(few * 5, 0.05), `${few} ms and ${many} ms`);
});
