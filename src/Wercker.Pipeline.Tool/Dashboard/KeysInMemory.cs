using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Wercker.Pipeline.Tool.Dashboard;

/// <summary>Keeps the keys of cookies for as long as the process lives.</summary>
internal sealed class KeysInMemory : IXmlRepository
{
    private readonly Lock _gate = new();
    private readonly List<XElement> _keys = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_gate)
        {
            return [.. _keys];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_gate)
        {
            _keys.Add(element);
        }
    }
}
