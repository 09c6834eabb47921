using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace LimoCha.Actors.Testing;

/// <summary>
/// A PostgreSQL server of its own for a test run: fresh data folder, random port on loopback, fsync on, not as root.
/// Each test takes a new database.
/// </summary>
public sealed class Postgres : IAsyncDisposable
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static Postgres? shared;

    private readonly string folder = Directory.CreateTempSubdirectory("limocha-pg-").FullName;
    private readonly int port = Ports.Free();
    private Process? server;

    /// <summary>The run's server, started by who asks first.</summary>
    public static async Task<Postgres> SharedAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (shared is null)
            {
                shared = new Postgres();
                await shared.InitAsync();
                AppDomain.CurrentDomain.ProcessExit += (_, _) => shared.Stop();
            }

            return shared;
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>A server nobody else uses, for tests that stop it.</summary>
    public static async Task<Postgres> StartNewAsync()
    {
        var postgres = new Postgres();
        await postgres.InitAsync();
        return postgres;
    }

    /// <summary>A new, empty database; answers its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"t{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Where the server keeps everything, its write-ahead log too.</summary>
    public string Folder => folder;

    /// <summary>A dump of a database, as pg_dump writes it.</summary>
    public async Task<string> DumpAsync(string connectionString)
    {
        var path = Directory.GetDirectories("/usr/lib/postgresql").Order().Select(version => Path.Combine(version, "bin", "pg_dump")).Last(File.Exists);
        var start = new ProcessStartInfo(path, ["-h", "127.0.0.1", "-p", $"{port}", "-U", "limocha", new NpgsqlConnectionStringBuilder(connectionString).Database!]) { RedirectStandardOutput = true, StandardOutputEncoding = System.Text.Encoding.UTF8 };
        using var dump = Process.Start(start)!;
        var text = await dump.StandardOutput.ReadToEndAsync();
        await dump.WaitForExitAsync();
        return dump.ExitCode == 0 ? text : throw new InvalidOperationException("pg_dump failed.");
    }

    /// <summary>Starts the server on its data folder, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        server = Run("postgres", "-D", folder, "-p", $"{port}", "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=on", "-c", "max_connections=200", "-c", "logging_collector=off", "-c", "log_min_messages=fatal");
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (deadline.Elapsed < TimeSpan.FromSeconds(30))
            {
                // Poll the server itself: it has no other way to say that it is ready.
                await Task.Yield();
            }
        }
    }

    /// <summary>Stops the server at once, as a crash of its machine would.</summary>
    public void Stop()
    {
        if (server is { HasExited: false })
        {
            using var stop = Run("pg_ctl", "-D", folder, "stop", "-m", "immediate", "-w");
            stop.WaitForExit();
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
        }
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task InitAsync()
    {
        if (Environment.UserName == "root")
        {
            using var chown = Process.Start("chown", ["nobody", folder]);
            await chown.WaitForExitAsync();
        }

        using (var init = Run("initdb", "-D", folder, "-U", "limocha", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"))
        {
            await init.WaitForExitAsync();
            if (init.ExitCode != 0)
            {
                throw new InvalidOperationException("initdb failed; is PostgreSQL 15 installed?");
            }
        }

        await StartAsync();
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={port};Username=limocha;Database={database};Include Error Detail=false";

    private static Process Run(string tool, params string[] arguments)
    {
        var path = Directory.GetDirectories("/usr/lib/postgresql").Order().Select(version => Path.Combine(version, "bin", tool)).Last(File.Exists);
        var start = Environment.UserName == "root"
            ? new ProcessStartInfo("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.WorkingDirectory) = (true, true, "/");
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
