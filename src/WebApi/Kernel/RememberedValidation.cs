#pragma warning disable ASP0029 // The resolver interface is marked experimental; this file is the one that uses it.
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.Validation;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// What is to be validated of a type, looked up once: the generated resolver builds its answer anew with every request. It is asked of
/// only when <see cref="QuickCheck"/> is not sure.
/// </summary>
internal sealed class RememberedValidation : IValidatableInfoResolver
{
    private readonly ConcurrentDictionary<Type, IValidatableInfo?> types = new();
    private IReadOnlyList<IValidatableInfoResolver>? others;
    private readonly ValidationOptions options;

    private RememberedValidation(ValidationOptions options) => this.options = options;

    /// <summary>Asks before all others.</summary>
    public static void AddTo(ValidationOptions options) => options.Resolvers.Insert(0, new RememberedValidation(options));

    public bool TryGetValidatableTypeInfo(Type type, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        // Looked up before: the method as an argument is an object of its own in each request.
        validatableInfo = types.TryGetValue(type, out var known) ? known : types.GetOrAdd(type, Find);
        // "No" is passed on: the others say it themselves, and there are few such types.
        return validatableInfo is not null;
    }

    public bool TryGetValidatableParameterInfo(ParameterInfo parameterInfo, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = null;
        return false;
    }

    private IValidatableInfo? Find(Type type)
    {
        others ??= [.. options.Resolvers.Where(resolver => resolver is not RememberedValidation)];
        return others.Select(resolver => resolver.TryGetValidatableTypeInfo(type, out var info) ? new Quick(info) : null).FirstOrDefault(info => info is not null);
    }

    private sealed class Quick(IValidatableInfo thorough) : IValidatableInfo
    {
        public Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken)
        {
            if (value is not null && QuickCheck.Passes(value))
            {
                return Task.CompletedTask;
            }

            if (value is null || Contents.Fault(value) is not { } fault)
            {
                return thorough.ValidateAsync(value, context, cancellationToken);
            }

            var field = string.IsNullOrEmpty(context.CurrentValidationPath) ? fault.Field : $"{context.CurrentValidationPath}.{fault.Field}";
            (context.ValidationErrors ??= [])[field] = [fault.Detail];
            return Task.CompletedTask;
        }
    }
}
