using LimoCha.Actors.Hosting;
using LimoCha.Actors.Kernel;

SocketThreads.GoOn();

var app = WebProcess.Build(args);

// To describe all endpoints takes about as long as to make the silo's services, most of it for code that is compiled the first time, and neither needs the
// other. The server describes them once more when it starts, which is quick then.
_ = Task.Run(() => ((IEndpointRouteBuilder)app).DataSources.Sum(source => source.Endpoints.Count));
await app.RunAsync();
