import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';

const loadMembers = () => read(api.members.$get());
const loadInvitations = () => read(api.invitations.$get());
const loadKeys = () => read(api.keys.$get());
const loadSso = () => read(api.sso.$get());
const loadSessions = () => read(api.sessions.$get());

export type Member = Awaited<ReturnType<typeof loadMembers>>['items'][number];
export type Invitation = Awaited<ReturnType<typeof loadInvitations>>['items'][number];
export type Key = Awaited<ReturnType<typeof loadKeys>>['items'][number];
export type Provider = Awaited<ReturnType<typeof loadSso>>['items'][number];
export type Session = Awaited<ReturnType<typeof loadSessions>>['items'][number];

export const membersQuery = queryOptions({ queryKey: ['members'], queryFn: loadMembers });
export const invitationsQuery = queryOptions({ queryKey: ['invitations'], queryFn: loadInvitations });
export const keysQuery = queryOptions({ queryKey: ['keys'], queryFn: loadKeys });
export const ssoQuery = queryOptions({ queryKey: ['sso'], queryFn: loadSso });
export const sessionsQuery = queryOptions({ queryKey: ['sessions'], queryFn: loadSessions });
