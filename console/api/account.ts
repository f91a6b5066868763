import { queryOptions } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { ask, Nothing } from './auth.ts';

const Session = z.nullable(
  z.object({
    user: z.object({ name: z.string(), email: z.string(), twoFactorEnabled: z.optional(z.nullable(z.boolean())) }),
  }),
);
const Enabled = z.object({ totpURI: z.string(), backupCodes: z.array(z.string()) });
const Codes = z.object({ backupCodes: z.array(z.string()) });
const Passkeys = z.array(
  z.object({ id: z.string(), name: z.optional(z.nullable(z.string())), createdAt: z.optional(z.nullable(z.string())) }),
);

export type Passkey = z.infer<typeof Passkeys>[number];

export const accountQuery = queryOptions({ queryKey: ['account'], queryFn: () => ask('/get-session', Session) });
export const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: () => ask('/passkey/list-user-passkeys', Passkeys),
});

export const changePassword = (currentPassword: string, newPassword: string) =>
  ask('/change-password', Nothing, { currentPassword, newPassword, revokeOtherSessions: true });
export const rename = (name: string) => ask('/update-user', Nothing, { name });
export const beginTwoFactor = (password: string) => ask('/two-factor/enable', Enabled, { password });
export const endTwoFactor = (password: string) => ask('/two-factor/disable', Nothing, { password });
export const newRecoveryCodes = (password: string) => ask('/two-factor/generate-backup-codes', Codes, { password });
export const removePasskey = (id: string) => ask('/passkey/delete-passkey', Nothing, { id });
