using FluentAssertions;

namespace LimoCha.Actors.Kernel;

/// <summary>Files with keys and passwords.</summary>
public sealed class OwnerFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("limocha-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Whoever_reads_while_it_is_written_anew_finds_it_whole()
    {
        var file = Path.Combine(folder, "accounts");
        string[] texts = [new('a', 100_000), new('b', 100_000)];
        OwnerFile.Write(file, texts[0]);
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                OwnerFile.Write(file, texts[i % 2]);
            }
        });

        while (!writing.IsCompleted)
        {
            (await File.ReadAllTextAsync(file)).Should().BeOneOf(texts);
        }

        await writing;
        Directory.GetFiles(folder).Should().Equal(file);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void A_secret_is_made_once()
    {
        var made = OwnerFile.MadeOnce(folder, "secret");

        Convert.FromBase64String(made).Should().HaveCount(32);
        OwnerFile.MadeOnce(folder, "secret").Should().Be(made);
        File.ReadAllText(Path.Combine(folder, "secret")).Should().Be(made);
    }
}
