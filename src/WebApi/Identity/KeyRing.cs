using System.Security.Cryptography;
using System.Xml.Linq;
using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace LimoCha.Actors.Identity;

/// <summary>
/// Data Protection's keys (page cookies, sealed states) in the deployment's database, so that every web process reads what
/// another sealed. The interface is synchronous; it is asked at the start and once a day.
/// </summary>
internal sealed class KeyRing(Database database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = database.Open();
        return [.. connection.Query<string>("SELECT xml FROM data_protection_key").Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.Open();
        connection.Execute(
            "INSERT INTO data_protection_key (name, xml) VALUES (@friendlyName, @xml) ON CONFLICT (name) DO UPDATE SET xml = excluded.xml",
            new { friendlyName, xml = element.ToString(SaveOptions.DisableFormatting) });
    }
}

/// <summary>The keys are encrypted (AES-256-GCM) under one derived from the deployment's secret: the database alone opens no session.</summary>
internal sealed class KeyRingEncryptor(Secrets secrets) : IXmlEncryptor, IXmlDecryptor
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>For Data Protection, which makes the decryptor by its type.</summary>
    public KeyRingEncryptor(IServiceProvider services)
        : this(services.GetRequiredService<Secrets>())
    {
    }

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = System.Text.Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedBytes = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(secrets.KeyRingKey, TagBytes);
        aes.Encrypt(sealedBytes.AsSpan(0, NonceBytes), plain, sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes));
        return new(new XElement("sealed", Convert.ToBase64String(sealedBytes)), typeof(KeyRingEncryptor));
    }

    public XElement Decrypt(XElement encryptedElement)
    {
        var sealedBytes = Convert.FromBase64String(encryptedElement.Value);
        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(secrets.KeyRingKey, TagBytes);
        aes.Decrypt(sealedBytes.AsSpan(0, NonceBytes), sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes), plain);
        return XElement.Parse(System.Text.Encoding.UTF8.GetString(plain));
    }
}
