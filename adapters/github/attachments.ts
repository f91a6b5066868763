import type { Attachment } from '../../src/model/message.ts';

const MOST = 20;
const LINK = /(?:\[([^\]\n]{0,200})\]\()?(https?:\/\/[^\s<>()"'\]]{1,500})/gu;
const UPLOADED = /^\/(?:user-attachments\/(?:assets|files)\/|[\w.-]+\/[\w.-]+\/(?:assets|files)\/\d+\/)[\w./%-]+$/;
const IMAGE_HOSTS = new Set(['user-images.githubusercontent.com', 'private-user-images.githubusercontent.com']);

/**
 * What was uploaded with a comment. GitHub keeps no list of it: an upload is a link in the text, and its address is
 * the handle. At most 20, each once.
 */
export function attachmentsOf(text: string, webUrl: string): readonly Attachment[] {
  const found = new Map<string, Attachment>();
  for (const [, label, address] of text.matchAll(LINK)) {
    if (address === undefined || found.size === MOST || !isUpload(address, webUrl)) continue;
    const name = label === undefined || label === '' ? lastOf(address) : label;
    if (!found.has(address)) found.set(address, { handle: address, name, mediaType: undefined, size: undefined });
  }
  return [...found.values()];
}

function isUpload(address: string, webUrl: string): boolean {
  if (!URL.canParse(address)) return false;
  const { origin, hostname, protocol, pathname } = new URL(address);
  if (protocol === 'https:' && IMAGE_HOSTS.has(hostname)) return true;
  return origin === new URL(webUrl).origin && UPLOADED.test(pathname);
}

function lastOf(address: string): string {
  return new URL(address).pathname.split('/').at(-1) ?? 'attachment';
}
