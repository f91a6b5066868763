import { z } from 'zod';
import { text } from './components.ts';
import { formProblem } from './form-problem.ts';
import type { Gateway } from './gateway.ts';
import type { Answer, Route } from './route.ts';
import { notFound, refusal } from './route.ts';
import { userJson } from './shapes.ts';
import type { World } from './world.ts';

/** Docs, "Session Start Limit". */
const IDENTIFIES_A_DAY = 1000;

const option = z.looseObject({
  type: z.int().min(1).max(11),
  name: z.string().regex(/^[-_\p{Ll}\p{N}]{1,32}$/u),
  description: text(100, 1),
  required: z.boolean().optional(),
  max_length: z.int().min(1).max(6000).optional(),
});

/** Docs, "Application Command Object": names in lower case; options that are needed come first. */
const command = z.looseObject({
  name: z.string().regex(/^[-_\p{Ll}\p{N}]{1,32}$/u),
  type: z.int().optional(),
  description: text(100, 1),
  contexts: z.array(z.int().min(0).max(2)).optional(),
  options: z
    .array(option)
    .max(25)
    .refine((all) => all.every((one, at) => one.required !== true || all[at - 1]?.required !== false), {
      error: 'Required options must be placed before non-required options',
      params: { code: 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID' },
    })
    .optional(),
});

/** What stands in the developer portal. */
export type Portal = { readonly messageContent: boolean; readonly publicKey: string };

/** docs: Application Flags, GATEWAY_MESSAGE_CONTENT_LIMITED. */
const MESSAGE_CONTENT_LIMITED = 1 << 19;

function applicationJson({ bot }: World, { messageContent, publicKey }: Portal): object {
  return {
    id: bot.id,
    name: bot.name,
    verify_key: publicKey,
    flags: messageContent ? MESSAGE_CONTENT_LIMITED : 0,
    interactions_endpoint_url: null,
    bot: userJson(bot),
  };
}

/** The bot itself, its gateway, its commands, and the files that were uploaded. */
export function appRoutes(world: World, gateway: () => Gateway, portal: () => Portal): readonly Route[] {
  const commands = '/applications/:app/commands';
  return [
    {
      method: 'GET',
      pattern: '/applications/@me',
      handle: () => ({ status: 200, body: applicationJson(world, portal()) }),
    },
    {
      method: 'DELETE',
      pattern: '/users/@me/guilds/:g',
      handle({ params }) {
        if (params['g'] !== world.guild.id || !world.member.here) return refusal(404, 10_004, 'Unknown Guild');
        world.member.here = false;
        return { status: 204, about: world.guild.id };
      },
    },
    { method: 'GET', pattern: '/gateway', open: true, handle: () => ({ status: 200, body: { url: gateway().url } }) },
    { method: 'GET', pattern: '/users/@me', handle: () => ({ status: 200, body: userJson(world.bot) }) },
    {
      method: 'GET',
      pattern: '/gateway/bot',
      handle: () => ({
        status: 200,
        body: {
          url: gateway().url,
          shards: 1,
          session_start_limit: {
            total: IDENTIFIES_A_DAY,
            remaining: Math.max(0, IDENTIFIES_A_DAY - gateway().identifies()),
            reset_after: 14_400_000,
            max_concurrency: 1,
          },
        },
      }),
    },
    { method: 'GET', pattern: commands, handle: () => ({ status: 200, body: [...world.commands.values()] }) },
    { method: 'POST', pattern: commands, handle: ({ params, body }) => upsert(world, params['app'], body) },
    { method: 'PUT', pattern: commands, handle: ({ params, body }) => overwrite(world, params['app'], body) },
    {
      method: 'GET',
      pattern: '/attachments/:c/:f/:name',
      open: true,
      handle({ params }) {
        const file = world.files.get(params['f'] ?? '');
        return file === undefined
          ? notFound()
          : { status: 200, body: file.bytes, headers: { 'content-type': file.mediaType } };
      },
    },
  ];
}

/** A command of the same name is overwritten (docs: Create Global Application Command). */
function upsert(world: World, app: string | undefined, body: unknown): Answer {
  const given = command.safeParse(body);
  if (app !== world.bot.id)
    return refusal(403, 20_012, 'You are not authorized to perform this action on this application');
  if (!given.success) return formProblem(given.error);
  const known = world.commands.get(given.data.name);
  const made = { ...given.data, id: known?.['id'] ?? world.nextId(), application_id: app };
  world.commands.set(given.data.name, made);
  return { status: known === undefined ? 201 : 200, body: made, about: given.data.name };
}

/** The list as a whole; who keeps its name keeps its id (docs: Bulk Overwrite Global Application Commands). */
function overwrite(world: World, app: string | undefined, body: unknown): Answer {
  const given = z.array(command).max(110).safeParse(body);
  if (!given.success) return formProblem(given.error);
  const names = new Set(given.data.map(({ name }) => name));
  if (names.size < given.data.length) return refusal(400, 50_035, 'Invalid Form Body');
  for (const name of [...world.commands.keys()].filter((name) => !names.has(name))) world.commands.delete(name);
  const answers = given.data.map((one) => upsert(world, app, one));
  return answers.find((answer) => answer.status >= 400) ?? { status: 200, body: [...world.commands.values()] };
}
