import { Hono } from 'hono';
import type { Connections } from '../connect/connections.ts';
import { apps } from './apps.ts';
import { connect } from './connect.ts';
import { doctor } from './doctor.ts';
import type { ApiEnv } from './endpoint.ts';
import { installs } from './installs.ts';

/** All about what is connected. */
export function connected(options: { readonly connections: Connections }) {
  return new Hono<ApiEnv>()
    .route('/connect', connect(options))
    .route('/apps', apps(options))
    .route('/apps', doctor(options))
    .route('/installs', installs(options));
}
