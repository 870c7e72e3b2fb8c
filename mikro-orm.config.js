export { cliConfig as default } from './src/store/cli-config.ts';
