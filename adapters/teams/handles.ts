import { z } from 'zod';

/**
 * A handle is one of these and the address. A file's address opens it by itself, for minutes; a picture's does not. What
 * is not said to be a page is none: SharePoint answers with one to sign in at when an address has run out.
 */
export const FILE_HANDLE = 'file:';
export const PAGE_HANDLE = 'page:';
export const IMAGE_HANDLE = 'image:';
/** Where a file lies that people share: read by Microsoft Graph. */
export const SHARED_HANDLE = 'shared:';
/** A file of which only its message is known: what follows is a stub. */
export const STUB_HANDLE = 'stub:';

export const stub = z.object({
  file: z.string(),
  message: z.string(),
  serviceUrl: z.string(),
  conversation: z.string(),
  team: z.string(),
});
export type Stub = z.infer<typeof stub>;
