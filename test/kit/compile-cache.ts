import { enableCompileCache } from 'node:module';

// Each test file is a process of its own, and more than half of what most of them took was to compile the same modules anew.
enableCompileCache();
