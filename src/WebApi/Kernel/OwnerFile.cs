using System.Security.Cryptography;
using System.Text;

namespace LimoCha.Actors.Kernel;

/// <summary>Files that only their owner may read.</summary>
public static class OwnerFile
{
    private const int SecretBytes = 32;

    /// <summary>A secret of 32 random bytes, base64, made at its first use and kept in the folder.</summary>
    public static string MadeOnce(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, name);
        if (!File.Exists(file))
        {
            Write(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)));
        }

        return File.ReadAllText(file).Trim();
    }

    /// <summary>
    /// Writes the file anew, readable by its owner alone from the first byte on. It is there whole or not at all, whoever looks and whenever the
    /// machine stops, and on the disk when this returns: what a key has sealed must not outlive the key.
    /// </summary>
    public static void Write(string path, string text)
    {
        var unfinished = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(unfinished, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
        // Its new name, too.
        using var moved = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        moved.Flush(flushToDisk: true);
    }
}
