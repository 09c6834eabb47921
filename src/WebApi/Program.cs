using LimoCha.Actors.Hosting;
using LimoCha.Actors.Kernel;

SocketThreads.GoOn();

await WebProcess.Build(args).RunAsync();
