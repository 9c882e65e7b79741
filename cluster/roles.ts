/** The names of the roles. */

import project from "../deno.json" with { type: "json" };

/** The roles of the pattern, named like their files. */
export type PatternRole = "writer" | "listener_sync" | "listener_async";

/** All roles: those with a set of permissions in `deno.json`. */
export type RoleName = keyof typeof project.permissions;

/** The names of all roles. */
export const ROLES = Object.keys(project.permissions) as RoleName[];
