import type { MiddlewareHandler, ValidationTargets } from 'hono';
import { describeRoute, resolver, uniqueSymbol, validator, type DescribeRouteOptions } from 'hono-openapi';
import type { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import { allows, isAtLeast, type Role, type Scope } from '../auth/roles.ts';
import { Failure } from '../model/failure.ts';
import { Problem, problem } from './problem.ts';

/** What a route knows of its request. */
export type ApiEnv = { Variables: { principal: Principal } };

/** What stands in the description of the API, and is kept. */
export type Endpoint = {
  /** The least role that may. */
  readonly role: Role;
  /** What an API key needs. */
  readonly scope: Scope;
  /** One sentence. */
  readonly summary: string;
  /** What is returned when it worked; absent: nothing (204), or what is no JSON. */
  readonly answers?: z.ZodType;
  /** Of an answer that is no JSON, as `text/csv`. */
  readonly type?: string;
};

const failed = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: resolver(Problem) } },
});

/** With fields of our own, that say who may. */
function specOf({ role, scope, summary, answers, type = 'application/json' }: Endpoint): DescribeRouteOptions {
  const schema = answers === undefined ? {} : { schema: resolver(answers) };
  const done = { description: 'Done', content: { [type]: schema } };
  const spec: DescribeRouteOptions = {
    summary,
    tags: [scope.split(':', 1)[0] ?? ''],
    responses: {
      ...(answers === undefined && type === 'application/json' ? { 204: { description: 'Done' } } : { 200: done }),
      400: failed('What was sent makes no sense'),
      401: failed('Nobody is signed in'),
      403: failed('The role, or the scopes of the key, do not allow it'),
      404: failed('There is no such thing in this organization'),
    },
  };
  return Object.assign(spec, { 'x-role': role, 'x-scope': scope });
}

/** Says who may call a route, describes it, and lets nobody else through. Stands before everything else of the route. */
export function endpoint(about: Endpoint): MiddlewareHandler<ApiEnv> {
  const { role, scope } = about;
  const described = describeRoute(specOf(about));
  const guard: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const principal = c.get('principal');
    if (!isAtLeast(principal.role, role))
      return problem(
        c,
        403,
        `this needs the role ${role}; yours is ${principal.role}: ask an owner of the organization`,
      );
    if (principal.scopes !== undefined && !allows(principal.scopes, scope))
      return problem(c, 403, `this key lacks the scope ${scope}: make one that has it`);
    return next();
  };
  // Found by the generator of the description where it looks for what `describeRoute` makes.
  return Object.assign(guard, { [uniqueSymbol]: Reflect.get(described, uniqueSymbol) });
}

/** Checks a part of the request. @throws Failure `invalid` that names each field. */
export const takes = <Target extends keyof ValidationTargets, Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) =>
  validator(target, schema, (result) => {
    if (result.success) return;
    const issues = result.error.map(({ path = [], message }) => {
      const name = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
      return name === '' ? message : `${name}: ${message}`;
    });
    throw new Failure('invalid', issues.slice(0, 10).join('; '));
  });
