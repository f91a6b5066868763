import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guess, sniff, textOf } from '../../../src/agent/files/kind.ts';
import { pixelsOf } from '../../../src/agent/files/pixels.ts';
import { PNG, pngOf } from '../../kit/files.ts';

const guessed = (name: string, mediaType?: string): string =>
  guess({ handle: 'h', name, mediaType, size: undefined }).kind;
const found = (start: string): string | undefined => sniff(Buffer.from(start, 'latin1'))?.mediaType;

test('what a file seems to be goes by its type, then its name, and code is text whatever it is called', () => {
  assert.equal(guessed('a.bin', 'image/png'), 'image');
  assert.equal(guessed('photo', 'IMAGE/JPEG; q=1'), 'image');
  assert.equal(guessed('a', 'image/*'), 'image');
  assert.equal(guessed('photo.webp', 'application/octet-stream'), 'image');
  assert.equal(guessed('a.svg', 'image/svg+xml'), 'text');
  assert.equal(guessed('main.ts', 'video/mp2t'), 'text');
  assert.equal(guessed('data', 'application/ld+json'), 'text');
  assert.equal(guessed('a.pdf'), 'document');
  assert.equal(guessed('memo', 'audio/mp4'), 'recording');
  assert.equal(guessed('x'), 'unknown');
  for (const name of ['a.docx', 'b.zip', 'c.heic', 'd.mov']) assert.equal(guessed(name), 'unreadable');
  assert.equal(
    guessed('plan', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'),
    'unreadable',
  );
  assert.equal(guessed('a', 'application/x-shockwave-flash'), 'unreadable');
});

test('what a file is goes by its first bytes', () => {
  assert.equal(sniff(PNG)?.mediaType, 'image/png');
  assert.equal(found('\xFF\xD8\xFF\xE0\0\x10JFIF'), 'image/jpeg');
  assert.equal(found('GIF89a....'), 'image/gif');
  assert.equal(found('RIFF\x01\x02\x03\x04WEBPVP8 '), 'image/webp');
  assert.equal(found('RIFF\x01\x02\x03\x04WAVEfmt '), 'audio/wav');
  assert.equal(found('\0\0\0\x20ftypM4A \0'), 'audio/mp4');
  assert.equal(found('\0\0\0\x20ftypheic\0'), undefined);
  assert.equal(found('\xFF\xFB\x90\x44\0\0'), 'audio/mpeg');
  assert.equal(found('%PDF-1.7'), 'application/pdf');
  assert.equal(found('PK\x03\x04\x14\0\x06\0\0\0'), undefined);
  assert.equal(found('<!doctype html>'), 'text/plain');
  assert.equal(sniff(Buffer.from('日本語'))?.kind, 'text');
  assert.equal(sniff(Buffer.from('\uFEFFwide', 'utf16le'))?.kind, 'text');
});

test('a text is read in the encoding that it names, and one that was cut within a character loses that one only', () => {
  assert.equal(textOf(Buffer.from('\uFEFFwide', 'utf16le')), 'wide');
  assert.equal(textOf(Buffer.from('Grüße').subarray(0, 3)), 'Gr');
  assert.equal(textOf(Buffer.from('a\u0000b')), 'ab');
});

test('the size of an image is read from its head, and a broken head has none', () => {
  assert.deepEqual(pixelsOf(pngOf(640, 480), 'image/png'), { width: 640, height: 480 });
  const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
  assert.deepEqual(pixelsOf(latin('GIF89a\x80\x02\xE0\x01'), 'image/gif'), { width: 640, height: 480 });
  const jpeg = latin('\xFF\xD8\xFF\xE0\0\x04ab\xFF\xC4\0\x03c\xFF\xFF\xC2\0\x11\x08\x01\xE0\x02\x80');
  assert.deepEqual(pixelsOf(jpeg, 'image/jpeg'), { width: 640, height: 480 });
  assert.deepEqual(pixelsOf(latin('RIFF....WEBPVP8X....\0\0\0\0\x7F\x02\0\xDF\x01\0'), 'image/webp'), {
    width: 640,
    height: 480,
  });
  assert.deepEqual(pixelsOf(latin('RIFF....WEBPVP8 ....\0\0\0\x9D\x01\x2A\x80\x02\xE0\x01'), 'image/webp'), {
    width: 640,
    height: 480,
  });
  const lossless = Buffer.concat([latin('RIFF....WEBPVP8L....\x2F'), Buffer.alloc(4)]);
  lossless.writeUInt32LE(639 | (479 << 14), 21);
  assert.deepEqual(pixelsOf(lossless, 'image/webp'), { width: 640, height: 480 });
  assert.equal(pixelsOf(PNG.subarray(0, 20), 'image/png'), undefined);
  assert.equal(pixelsOf(latin('\xFF\xD8\xFF\xE0\0\0\0'), 'image/jpeg'), undefined);
  assert.equal(pixelsOf(latin('\xFF\xD8\xFFnothing of the kind'), 'image/jpeg'), undefined);
});
