import { PERMISSIONS, type Permission } from '../../directory/permissions.ts';
import { builder } from '../builder.ts';

const values = Object.fromEntries(
  Object.entries(PERMISSIONS).map(([name, description]) => [name, { description }]),
) as Record<Permission, { description: string }>;

export const PermissionType = builder.enumType('Permission', {
  description:
    'What a person may do through their groups, and a service through its registration. Read live, at every request.',
  values,
});
