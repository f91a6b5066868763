import { get, notFound } from './route.ts';
import type { Answer, Route } from './route.ts';
import { userJson } from './shapes.ts';
import type { Account, World } from './world.ts';

/** People, by their name or by the number that stays when they change it. */
export function userRoutes(world: World): readonly Route[] {
  const answer = (found: Account | undefined): Answer =>
    found === undefined
      ? notFound()
      : { status: 200, body: { ...userJson(world, found), name: world.fullNames.get(found.login) ?? null } };
  return [
    get('/users/:login', ({ params }) => answer(world.people.get(params['login'] ?? ''))),
    get('/user/:id', ({ params }) => answer([...world.people.values()].find(({ id }) => String(id) === params['id']))),
  ];
}
