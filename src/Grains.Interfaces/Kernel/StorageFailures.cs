namespace LimoCha.Actors.Kernel;

/// <summary>
/// The state could not be written, or it is not known whether it was. Nothing was acknowledged; the caller may repeat
/// the command with the same operation id. The API answers 503 with Retry-After.
/// </summary>
[GenerateSerializer, Alias("StorageUnavailableException")]
public sealed class StorageUnavailableException : Exception
{
    /// <summary>For the serializer.</summary>
    public StorageUnavailableException() { }

    /// <summary>With a message free of personal data.</summary>
    public StorageUnavailableException(string message) : base(message) { }

    /// <summary>With the cause.</summary>
    public StorageUnavailableException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The state is larger than the configured limit; the command is refused and nothing is written. The API answers 422.</summary>
[GenerateSerializer, Alias("StateTooLargeException")]
public sealed class StateTooLargeException : Exception
{
    /// <summary>For the serializer.</summary>
    public StateTooLargeException() { }

    /// <summary>With a message free of personal data.</summary>
    public StateTooLargeException(string message) : base(message) { }

    /// <summary>With the cause.</summary>
    public StateTooLargeException(string message, Exception innerException) : base(message, innerException) { }
}
