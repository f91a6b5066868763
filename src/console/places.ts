import { Hono } from 'hono';
import { z } from 'zod';
import { inOrganization, type Database } from '../db/database.ts';
import { listPlaces, type AfterPlace, type KnownPlace } from '../db/places.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { decodeCursor, encodeCursor, pageOf, PageQuery } from './page.ts';

const Place = z.object({
  app: z.string(),
  platform: z.string(),
  /** The platform's ids. */
  install: z.string(),
  installName: z.string().nullable(),
  channel: z.string(),
});

const Filter = PageQuery.extend({ install: z.uuid().optional() });
const Cursor = z.tuple([z.uuid(), z.string().max(300)]);

/** Where something can be decided: the channels that the hub knows, because something was said there. */
export function places({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>().get(
    '/',
    endpoint({
      role: 'viewer',
      scope: 'installs:read',
      summary: 'Channels in which something was said, by install',
      answers: pageOf(Place),
    }),
    takes('query', Filter),
    async (c) => {
      const { cursor, limit, install } = c.req.valid('query');
      const wanted = { install, after: readAfter(cursor), most: limit + 1 };
      const rows = await inOrganization(db, c.get('principal').organization, (tx) => listPlaces(tx, wanted));
      const items = rows.slice(0, limit);
      return c.json({ items: items.map(seen), next: rows.length > limit ? nextOf(items.at(-1)) : null });
    },
  );
}

const seen = ({ installId: _row, ...place }: KnownPlace) => place;

const nextOf = (last: KnownPlace | undefined): string | null =>
  last === undefined ? null : encodeCursor([last.installId, last.channel]);

/** @throws Failure `invalid`: it is none of ours. */
function readAfter(cursor: string | undefined): AfterPlace | undefined {
  if (cursor === undefined) return undefined;
  const [install, channel] = decodeCursor(cursor, Cursor);
  return { install, channel: channel.replaceAll('\u0000', '') };
}
