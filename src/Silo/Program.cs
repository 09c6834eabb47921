using LimoCha.Actors.Audit;
using LimoCha.Actors.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;

SocketThreads.GoOn();

// A silo of its own is part of a cluster, so its defaults are those of one; every setting can be overridden by
// environment (Storage__ConnectionString) or arguments (--Storage:ConnectionString).
var builder = Host.CreateApplicationBuilder(args);
((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
{
    InitialData = new Dictionary<string, string?>
    {
        ["Storage:Provider"] = "PostgreSql",
        ["Cluster:Mode"] = "AdoNet",
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
        ["Logging:LogLevel:Orleans"] = "Warning",
        ["Logging:LogLevel:Polly"] = "Warning",
    },
});
if (args is [AuditCommand.Name, ..])
{
    (builder.Configuration["Cluster:Mode"], builder.Configuration["Logging:LogLevel:Default"]) = ("Localhost", "Warning");
    builder.Configuration["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning";
    builder.AddLimoChaDatabase();
    using var host = builder.Build();
    return await AuditCommand.RunAsync(host);
}

builder.AddLimoChaSilo();
builder.AddLimoChaTelemetry(servesHttp: false);
await builder.Build().RunAsync();
return 0;
