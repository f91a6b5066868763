import assert from 'node:assert/strict';
import { totpOf } from '../../kit/totp.ts';
import type { Human } from './human.ts';
import type { Look } from './look.ts';

const PASSWORD = 'correct horse battery staple';

/** From the link that the server printed to an owner with a second factor. */
export async function makeAccount(human: Human, link: string, by: 'totp' | 'passkey', look: Look): Promise<void> {
  const { page } = human;
  human.begin('Account');
  await page.goto(link);
  await page.getByRole('heading', { name: 'Welcome to Switchboard' }).waitFor();
  await look(page, 'account');
  await human.fill(page.getByLabel('E-mail'), 'ada.lovelace@example.com');
  await human.fill(page.getByLabel('New password'), PASSWORD);
  // The name is there already, by the address.
  assert.equal(await page.getByLabel('Your name').inputValue(), 'Ada Lovelace');
  await human.click(page.getByRole('button', { name: 'Make the account' }));
  await page.getByRole('heading', { name: 'Secure your account' }).waitFor();
  await look(page, 'secure');
  human.begin(by === 'totp' ? 'Authenticator' : 'Passkey');
  await (by === 'totp' ? enrol(human, look) : makePasskey(human));
  await page.getByRole('heading', { name: 'Get started' }).waitFor();
}

async function enrol(human: Human, look: Look): Promise<void> {
  const { page } = human;
  await human.click(page.getByRole('button', { name: /authenticator app/ }));
  const secret = (await page.locator('.note.mono').innerText()).trim();
  assert.match(secret, /^[A-Z2-7]{16,}$/);
  const codes = (await page.getByRole('region', { name: 'Recovery codes' }).innerText()).trim().split('\n');
  assert.equal(new Set(codes).size, codes.length);
  assert.ok(codes.length >= 8, `${codes.length} recovery codes`);
  await look(page, 'authenticator');
  const saved = page.waitForEvent('download');
  await human.click(page.getByRole('button', { name: 'Save them as a file' }));
  assert.equal((await saved).suggestedFilename(), 'switchboard-recovery-codes.txt');
  await human.fill(page.getByLabel('The six digits that it shows'), totpOf(secret));
  await human.click(page.getByRole('button', { name: 'Switch it on' }));
}

/** The device’s own question, a finger or a face, is one more touch. */
async function makePasskey(human: Human): Promise<void> {
  const { page } = human;
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const added = new Promise((resolve) => session.once('WebAuthn.credentialAdded', resolve));
  await human.click(page.getByRole('button', { name: /Make a passkey/ }));
  human.elsewhere({ clicks: 1, fields: 0 });
  await added;
  const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
  assert.equal(credentials.length, 1);
  assert.equal(credentials[0]?.isResidentCredential, true);
}
