import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseLoginPage } from '../../../adapters/kit/login-page.ts';

const page = Buffer.from('<!DOCTYPE html><title>Sign in</title>');
const fetched = (mediaType: string | undefined, bytes: Uint8Array = page) => ({ bytes, mediaType, truncated: false });

for (const type of ['text/html', 'text/html; charset=utf-8', 'TEXT/HTML', 'application/xhtml+xml', undefined]) {
  test(`a page of type ${type} in place of a picture is unauthorized, and the fix is named`, () => {
    assert.throws(() => refuseLoginPage(fetched(type), { name: 'a.png', mediaType: 'image/png' }, 'grant files:read'), {
      code: 'unauthorized',
      message: 'download: a page to sign in at came in place of the file: grant files:read',
    });
  });
}

test('a page that was promised is a file like any other', () => {
  for (const promised of [{ name: 'index.HTML' }, { name: 'a.htm' }, { mediaType: 'text/html' }]) {
    const file = fetched('text/html');
    assert.equal(refuseLoginPage(file, promised, 'x'), file);
  }
});

test('files of other types pass, whatever they begin with', () => {
  for (const file of [fetched('text/plain'), fetched('application/octet-stream'), fetched(undefined, Buffer.of(0, 1))])
    assert.equal(refuseLoginPage(file, {}, 'x'), file);
});
