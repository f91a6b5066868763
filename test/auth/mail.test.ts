import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import pino from 'pino';
import { openMail } from '../../src/auth/mail.ts';

const mail = {
  to: 'pat@example.com',
  subject: 'An invitation',
  text: 'Come in:',
  link: 'https://hub.example.com/invitation#s3cret',
};

/** A mail server that takes, or refuses, one mail after the other (RFC 5321). */
async function openMailServer(answer: string) {
  const heard: string[] = [];
  const server = createServer((socket: Socket) => {
    let inData = false;
    socket.write('220 ready\r\n');
    socket.on('data', (bytes) => {
      const text = bytes.toString('utf8');
      heard.push(text);
      if (inData) {
        if (!text.includes('\r\n.\r\n')) return;
        inData = false;
        socket.write(`${answer}\r\n`);
      } else if (text.startsWith('DATA')) {
        inData = true;
        socket.write('354 go on\r\n');
      } else socket.write(text.startsWith('QUIT') ? '221 bye\r\n' : '250 ok\r\n');
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    heard,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

function openLogged() {
  const lines: string[] = [];
  return { lines, log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }) };
}

test('a mail goes to the server with its link', async () => {
  await using server = await openMailServer('250 taken');
  const { log } = openLogged();
  const sendMail = openMail({ smtpUrl: server.url, from: 'Hub <hub@example.com>', log, isLocal: () => false });
  assert.equal(await sendMail(mail), 'sent');
  const all = server.heard.join('');
  assert.match(all, /MAIL FROM:<hub@example.com>/);
  assert.match(all, /RCPT TO:<pat@example.com>/);
  assert.match(all, /Come in:\r\n\r\nhttps:\/\/hub\.example\.com\/invitation#s3cret/);
});

test('a mail that the server does not take is said in the log, without the link', async () => {
  await using server = await openMailServer('554 no');
  const { log, lines } = openLogged();
  const sendMail = openMail({ smtpUrl: server.url, from: 'hub@example.com', log, isLocal: () => true });
  assert.equal(await sendMail(mail), 'none');
  assert.match(lines.join(''), /did not take a mail/);
  assert.doesNotMatch(lines.join(''), /s3cret/);
});

test('nobody can put a second receiver or a header into an address', async () => {
  await using server = await openMailServer('250 taken');
  const { log } = openLogged();
  const sendMail = openMail({ smtpUrl: server.url, from: 'hub@example.com', log, isLocal: () => false });
  await sendMail({ ...mail, subject: 'Hello\r\nBcc: eve@example.com' });
  const all = server.heard.join('');
  assert.doesNotMatch(all, /\r\nBcc:/);
  assert.equal(all.match(/RCPT TO/g)?.length, 1);
});

test('without a mail server the link is in the log where the console is on this machine, and nowhere else', async () => {
  const here = openLogged();
  assert.equal(await openMail({ smtpUrl: undefined, from: '', log: here.log, isLocal: () => true })(mail), 'shown');
  assert.match(here.lines.join(''), /s3cret/);
  const away = openLogged();
  assert.equal(await openMail({ smtpUrl: undefined, from: '', log: away.log, isLocal: () => false })(mail), 'none');
  assert.doesNotMatch(away.lines.join(''), /s3cret/);
});
