/** The names of the roles. */

import project from "../deno.json" with { type: "json" };

/** The roles that make the pattern, by their files' names. */
export type PatternRole = "writer" | "listener_sync" | "listener_async";

/** All roles: those that have a set of permissions in `deno.json`. */
export type RoleName = keyof typeof project.permissions;

/** The names of all roles. */
export const ROLES = Object.keys(project.permissions) as RoleName[];
