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
        if (!world.may.uploads) return { status: 302, headers: { location: '/login' } };
        return world.uploads.has(id) ? { status: 302, headers: { location: `/_store/${id}` } } : notFound();
      },
    },
    {
      method: 'GET',
      pattern: '/login',
      auth: 'none',
      handle: () => ({ status: 200, body: SIGN_IN, headers: { 'content-type': 'text/html; charset=utf-8' } }),
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

const SIGN_IN = '<!DOCTYPE html><html><head><title>Sign in to GitHub</title></head></html>';

/** Keeps a file and gives the Markdown that GitHub's editor would insert for it. */
export function addUpload(world: World, upload: Upload): string {
  const id = randomUUID();
  world.uploads.set(id, upload);
  const image = upload.mediaType.startsWith('image/') ? '!' : '';
  return `${image}[${upload.name}](${world.url}/user-attachments/assets/${id})`;
}
