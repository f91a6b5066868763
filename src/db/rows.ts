import { storable } from '../model/storable.ts';
import type { Transaction } from './database.ts';

/**
 * Rows as one JSON parameter, for `json_to_recordset`: a statement's text, and so its plan, is the same for any number.
 * Strings are made fit for PostgreSQL, which refuses NUL and lone surrogates.
 */
export function asJson(tx: Transaction, rows: readonly object[]): ReturnType<Transaction> {
  const text = JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value));
  // Through text, because postgres.js would encode a parameter of type json once more.
  return tx`${text}::text::json`;
}
