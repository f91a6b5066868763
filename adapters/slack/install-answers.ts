import { z } from 'zod';
import { name } from '../kit/shape.ts';

const place = z.object({ id: z.string().max(100), name: name.nullish().transform((value) => value ?? '') }).nullish();
const secret = z.string().min(1).max(1_000);

/** docs: apps.manifest.create. */
export const createdAnswer = z.object({
  app_id: z.string().min(1).max(100),
  credentials: z.object({ client_id: z.string().min(1).max(100), client_secret: secret, signing_secret: secret }),
});

/** docs: apps.manifest.update. */
export const updatedAnswer = z.object({ permissions_updated: z.boolean().nullish() });

/** docs: oauth.v2.access. */
export const accessAnswer = z.object({
  access_token: secret,
  scope: z.string().max(5_000).default(''),
  bot_user_id: z.string().max(100).default(''),
  team: place,
  enterprise: place,
  is_enterprise_install: z.boolean().nullish(),
  authed_user: z.object({ id: z.string().max(100) }).nullish(),
  expires_in: z.number().positive().optional(),
  refresh_token: secret.optional(),
});

/** docs: auth.test. */
export const selfAnswer = z.object({
  user_id: z.string().max(100).default(''),
  team_id: z.string().max(100).default(''),
  team: name.default(''),
  enterprise_id: z
    .string()
    .max(100)
    .nullish()
    .transform((value) => value ?? ''),
  app_id: z.string().max(100).default(''),
  is_enterprise_install: z.boolean().nullish(),
});
