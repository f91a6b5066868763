import { objectIn } from '../kit/json.ts';

/** Where interactions go. */
export type Hub = { readonly url: string };

export type Delivered = {
  /** HTTP status; undefined when nobody answered within three seconds, or it went over the gateway. */
  readonly status: number | undefined;
  readonly inMs: number | undefined;
};

/** Discord waits three seconds for the first answer (docs: Receiving and Responding). */
const WITHIN_MS = 3_000;

/** Sends one interaction. Discord does not send it again. */
export async function deliver(
  hub: Hub,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Delivered & { readonly answer: Record<string, unknown> | undefined }> {
  const startedAt = performance.now();
  try {
    const response = await fetch(hub.url, { method: 'POST', body, headers, signal: AbortSignal.timeout(WITHIN_MS) });
    const text = await response.text();
    const answer = response.ok ? objectIn(text) : undefined;
    return { status: response.status, inMs: performance.now() - startedAt, answer };
  } catch {
    return { status: undefined, inMs: undefined, answer: undefined };
  }
}
