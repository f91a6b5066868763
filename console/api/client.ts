import { hc } from 'hono/client';
import type { Api } from '../../src/console/api.ts';
import { readProblem } from './problem.ts';

/** The API, each route with its types. */
export const api = hc<Api>('/').api.v1;

type Answer<Body> = { readonly ok: boolean; json(): Promise<Body> };

/** The body of an answer. @throws Problem */
export async function read<Body>(asked: Promise<Response & Answer<Body>>): Promise<Body> {
  const response = await asked;
  if (!response.ok) throw await readProblem(response);
  return response.json();
}

/** That something was done of which nothing is told. @throws Problem */
export async function done(asked: Promise<Response>): Promise<void> {
  const response = await asked;
  if (!response.ok) throw await readProblem(response);
}
