import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authOf } from '../src/config-auth.ts';

test('without anything set there is no mail, no provider, and no private issuer', () => {
  assert.deepEqual(authOf({}), {
    auth: { smtpUrl: undefined, mailFrom: '', social: {}, allowPrivateIssuers: false, clientHeader: undefined },
    secrets: [],
  });
});

test('providers are named by their variables, and what is secret of them is known as that', () => {
  const { auth, secrets } = authOf({
    SIGN_IN_GOOGLE_CLIENT_ID: 'id-1',
    SIGN_IN_GOOGLE_CLIENT_SECRET: 'secret-1',
    SMTP_URL: 'smtp://hub:p%40ss@mail.example.com:587',
    MAIL_FROM: 'hub@example.com',
    SSO_ALLOW_PRIVATE: 'true',
  });
  assert.deepEqual(auth.social, { google: { clientId: 'id-1', clientSecret: 'secret-1' } });
  assert.equal(auth.allowPrivateIssuers, true);
  assert.deepEqual(secrets, ['p@ss', 'secret-1']);
});

test('what is missing is named, and no value is', () => {
  assert.throws(() => authOf({ SIGN_IN_GOOGLE_CLIENT_ID: 'id-1' }), /SIGN_IN_GOOGLE_CLIENT_SECRET is not set/);
  assert.throws(
    () => authOf({ SIGN_IN_GOOGLE_CLIENT_SECRET: 's3cret' }),
    (error: Error) => {
      assert.match(error.message, /SIGN_IN_GOOGLE_CLIENT_ID is not set/);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    },
  );
  assert.throws(() => authOf({ SMTP_URL: 'smtp://mail.example.com' }), /MAIL_FROM is not set/);
  assert.throws(() => authOf({ SMTP_URL: 'mail.example.com' }), /SMTP_URL: must be an address/);
});
