import { PERMISSIONS, type Permission } from '../../directory/permissions.ts';
import { builder } from '../builder.ts';

const values = Object.fromEntries(
  Object.entries(PERMISSIONS).map(([name, description]) => [name, { description }]),
) as Record<Permission, { description: string }>;

export const PermissionType = builder.enumType('Permission', {
  description:
    'Users get permissions from their groups, and services from their registration. A change takes effect at the next request.',
  values,
});
