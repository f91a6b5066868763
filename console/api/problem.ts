import * as z from 'zod/mini';

const Body = z.object({ title: z.string(), status: z.number(), detail: z.string() });

/** What the API says when it does not do something. The message names what to do about it. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  constructor({ title, status, detail }: z.infer<typeof Body>) {
    super(detail);
    this.title = title;
    this.status = status;
  }
}

/** Reads the problem of an answer that is not ok; what is none (a proxy's page) is said as what it is. */
export async function readProblem(response: Response): Promise<Problem> {
  const body = Body.safeParse(await response.json().catch(() => undefined));
  if (body.success) return new Problem(body.data);
  const detail = `The server answered ${response.status} without a reason: try again, and look into its log if it stays so.`;
  return new Problem({ title: 'No answer', status: response.status, detail });
}

/** What to tell somebody of whatever was thrown. */
export function explain(thrown: unknown): { readonly title: string; readonly detail: string } {
  if (thrown instanceof Problem) return { title: thrown.title, detail: thrown.message };
  if (thrown instanceof TypeError)
    return { title: 'No connection', detail: 'The server cannot be reached: check that it runs, then try again.' };
  return {
    title: 'Something went wrong',
    detail: thrown instanceof Error ? thrown.message : 'The reason is not known.',
  };
}
