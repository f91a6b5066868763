import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** An authenticator in software, of one key: what a browser sends of it, as WebAuthn level 3 (6.5.1, 7.2) has it. */
export type TestPasskey = {
  readonly id: string;
  /** As COSE, in base64. */
  readonly publicKey: string;
  readonly answer: (challenge: string, origin: string, rpId: string) => Readonly<Record<string, unknown>>;
};

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** User present (1) and verified (4). */
const FLAGS = 5;

export function openTestPasskey(): TestPasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const [ofX, ofY] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  const cose = Buffer.concat([Buffer.from('a5010203262001215820', 'hex'), ofX, Buffer.from('225820', 'hex'), ofY]);
  const id = randomBytes(16).toString('base64url');
  return {
    id,
    publicKey: cose.toString('base64'),
    answer(challenge, origin, rpId) {
      const client = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin }));
      const data = Buffer.concat([sha256(Buffer.from(rpId)), Buffer.from([FLAGS, 0, 0, 0, 0])]);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      return {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: signature.toString('base64url'),
        },
      };
    },
  };
}
