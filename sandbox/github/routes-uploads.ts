import { randomUUID } from 'node:crypto';
import { notFound } from './route.ts';
import type { Route } from './route.ts';
import type { Upload, World } from './world.ts';

/** What people drag into a comment: a page address that needs a token and leads to a store that needs none. */
export function uploadRoutes(world: World): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: '/user-attachments/assets/:id',
      auth: 'installation',
      handle({ params }) {
        const id = params['id'] ?? '';
        return world.uploads.has(id) ? { status: 302, headers: { location: `/_store/${id}` } } : notFound();
      },
    },
    {
      method: 'GET',
      pattern: '/_store/:id',
      auth: 'none',
      handle({ params }) {
        const upload = world.uploads.get(params['id'] ?? '');
        if (upload === undefined) return notFound();
        return { status: 200, body: upload.bytes, headers: { 'content-type': upload.mediaType } };
      },
    },
  ];
}

/** Keeps a file and gives the Markdown that GitHub's editor would insert for it. */
export function addUpload(world: World, upload: Upload): string {
  const id = randomUUID();
  world.uploads.set(id, upload);
  const image = upload.mediaType.startsWith('image/') ? '!' : '';
  return `${image}[${upload.name}](${world.url}/user-attachments/assets/${id})`;
}
