import type { KeyObject } from 'node:crypto';
import type { Answering } from '../kit/server.ts';
import { openAccess, type Access } from './access.ts';
import { appRoutes } from './routes-app.ts';
import { commentRoutes } from './routes-comments.ts';
import { graphqlRoutes } from './routes-graphql.ts';
import { repositoryRoutes } from './routes-repository.ts';
import { uploadRoutes } from './routes-uploads.ts';
import { userRoutes } from './routes-users.ts';
import { answering, type Serving } from './server.ts';
import { openSpeech, type Speech } from './speech.ts';
import { openWebhooks, type Webhooks } from './webhooks.ts';
import type { World } from './world.ts';

/** One app, the repository it is in, and what answers its calls. */
export type Universe = {
  readonly world: World;
  readonly access: Access;
  readonly webhooks: Webhooks;
  readonly speech: Speech;
  readonly answer: Answering;
};

export function openUniverse(
  world: World,
  { publicKey, secret, path }: { readonly publicKey: KeyObject; readonly secret: string; readonly path?: string },
  shared: Pick<Serving, 'limits' | 'faults' | 'ledger'>,
): Universe {
  const webhooks = openWebhooks(secret, world.app.id, path);
  const speech = openSpeech(world, webhooks);
  const access = openAccess(world.app.id, publicKey);
  const routes = [
    ...appRoutes(world, access, webhooks),
    ...commentRoutes(world, speech),
    ...repositoryRoutes(world, speech),
    ...uploadRoutes(world),
    ...graphqlRoutes(world, speech),
    ...userRoutes(world),
  ];
  return { world, access, webhooks, speech, answer: answering({ routes, access, ...shared }) };
}
