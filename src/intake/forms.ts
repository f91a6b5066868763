import { formOf } from '../db/controls.ts';
import { inOrganization, type Database } from '../db/database.ts';
import type { FormOf } from './hooks.ts';

/** Looks up what a click asks for; the platform waits meanwhile. */
export function openFormOf(db: Database): FormOf {
  return ({ organization }, control) => inOrganization(db, organization, (tx) => formOf(tx, control));
}
