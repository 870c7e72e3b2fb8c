export { cliConfig as default } from './src/store/migration/mikro-orm-config.ts';
