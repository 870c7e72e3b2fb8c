import { ArrayType } from '@mikro-orm/core';

/** text[] with every element quoted, because the literal of MikroORM 7.2.1 loses outer spaces and turns 'null' into NULL. */
export class TextArray extends ArrayType<string> {
  override convertToDatabaseValue(value: string[] | null): string | null {
    if (!Array.isArray(value)) return value;
    return `{${value.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
  }

  override getColumnType(): string {
    return 'text[]';
  }
}
