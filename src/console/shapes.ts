import { z } from 'zod';
import { storable } from '../model/storable.ts';

/** A row's id in a path. */
export const IdParam = z.object({ id: z.uuid() });

/** The platform's ids, and words of people: cleaned of what the database does not take. */
export const Text = (most: number) => z.string().max(most).transform(storable);
