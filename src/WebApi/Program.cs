using LimoCha.Actors.Kernel;

await WebProcess.Build(args).RunAsync();
